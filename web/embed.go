// Package web holds what browsers are served: the explorer page. It loads
// nothing from elsewhere and uses the public GraphQL API alone.
package web

import "embed"

// Files are explorer.html, which is served at /, and what it refers to.
//
//go:embed explorer.html explorer.js explorer.css explorer.svg
var Files embed.FS
