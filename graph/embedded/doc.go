// Package embedded is the store that needs no server: one immutable graph in
// memory, its columns in a file of a directory when it is published.
//
// Terms. A frozen graph is the compact form that queries run on: strings are
// kept once, properties in columns, edges in rows sorted by source, type and
// target, and again by target. A graph file is a frozen graph on disk; it is
// opened only if every byte is covered by a checksum that fits. The pointer
// file CURRENT names the graph file that is current.
//
// Many processes may read a directory while one publishes to it. A reader
// loads the whole file into memory, so the graph it started with stays as it
// was, whatever happens to the file; the next query of an open Store sees what
// was published meanwhile. internal/decisions/0004 says why it is built so.
package embedded
