package neo4j

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/postern-sec/postern/graph"
)

// Config says which server to use and how.
type Config struct {
	// URI of the server: bolt:// or neo4j://, with +s for TLS with a known
	// certificate or +ssc for TLS with any. Aura gives a neo4j+s:// address.
	URI string
	// User and Password; both empty for a server without authentication.
	// PasswordFile is read instead of Password when set; a newline at its end
	// is not part of the password.
	User, Password, PasswordFile string
	// Database is the name of the database. Empty means neo4j.
	Database string
	// CAFile holds certificates in PEM form that the server's is checked
	// against, instead of the system's.
	CAFile string
	// Limits bound queries that set none; a zero field means 100,000 rows,
	// 1 GiB and 60 seconds.
	Limits graph.Limits
	// Rebuild allows Publish to replace a graph in steps when the difference
	// does not fit one transaction. Readers then get ErrRebuilding from the
	// first step to the last, also when the publisher dies between them; the
	// next Publish goes on.
	Rebuild bool
	// BatchRows is the number of nodes or edges that are sent at once; 0 means
	// 5,000. BatchBytes bounds them by size; 0 means 4 MiB.
	BatchRows, BatchBytes int
}

var schemes = []string{"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"}

// Validate reports all that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	u, err := url.Parse(c.URI)
	switch {
	case err != nil:
		errs = append(errs, errors.New("neo4j: the address is not a URI"))
	case !slices.Contains(schemes, u.Scheme) || u.Host == "":
		errs = append(errs, fmt.Errorf("neo4j: the address must look like bolt://host:7687; the schemes are %s", strings.Join(schemes, ", ")))
	case u.User != nil:
		errs = append(errs, errors.New("neo4j: user and password do not belong into the address"))
	}
	if c.Password != "" && c.PasswordFile != "" {
		errs = append(errs, errors.New("neo4j: give a password or a password file, not both"))
	}
	if c.User == "" && (c.Password != "" || c.PasswordFile != "") {
		errs = append(errs, errors.New("neo4j: a password without a user"))
	}
	if c.BatchRows < 0 || c.BatchBytes < 0 {
		errs = append(errs, errors.New("neo4j: batches cannot be negative"))
	}
	return errors.Join(errs...)
}

func (c Config) withDefaults() Config {
	if c.Database == "" {
		c.Database = "neo4j"
	}
	if c.BatchRows == 0 {
		c.BatchRows = 5000
	}
	if c.BatchBytes == 0 {
		c.BatchBytes = 4 << 20
	}
	return c
}

func (c Config) password() (string, error) {
	if c.PasswordFile == "" {
		return c.Password, nil
	}
	b, err := os.ReadFile(c.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

func (c Config) roots() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("read the certificates: %s holds none", c.CAFile)
	}
	return pool, nil
}
