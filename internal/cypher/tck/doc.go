// Package tck runs the openCypher TCK against the read dialect of package cypher.
//
// Only its tests do anything. The feature files are not part of the repository: the tests are skipped where they
// are absent. The graphs of the scenarios are made by a small writer of the test's own, which the product does not have.
// expected_failures.txt names every core scenario that fails, with a reason; a scenario of it that passes fails the test.
package tck
