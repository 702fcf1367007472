// Package network holds what every cloud's packet logic shares: exact sets of
// addresses, services and flows, and the words of an answer (verdict, hop,
// layer). What a cloud does with a packet is the matter of the packages beside
// it, one a cloud: internal/network/aws is Amazon's.
//
// # Sets, not packets
//
// All questions are answered on sets. A single packet is a set of one. Sets are
// kept in a canonical form, so that equal sets are equal values:
//
//   - AddrSet: addresses of both families, as sorted disjoint ranges;
//   - ServiceSet: (protocol, port) or (protocol, ICMP type and code), as sorted
//     disjoint ranges of one number line, see Service;
//   - PeerSet: which addresses with which services;
//   - FlowSet: source, destination and service.
//
// The package is pure: no I/O, no clock, no randomness. All values are safe for
// concurrent use once built; nothing here changes a set in place.
package network
