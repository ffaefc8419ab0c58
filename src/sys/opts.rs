//! The socket options that `nix` lacks, as a table.

use nix::{getsockopt_impl, libc, setsockopt_impl, sockopt_impl};

sockopt_impl!(
    /// Join an IPv4 group on the interface of an index, without an address of it.
    JoinV4, SetOnly, libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP, libc::ip_mreqn);
sockopt_impl!(
    /// Join an IPv6 group on the interface of an index.
    JoinV6, SetOnly, libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP, libc::ipv6_mreq);
sockopt_impl!(
    /// The interface that IPv4 multicast leaves by, by its index.
    MulticastLinkV4, SetOnly, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, libc::ip_mreqn);
sockopt_impl!(
    /// The interface that IPv6 multicast leaves by, by its index.
    MulticastLinkV6, SetOnly, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, libc::c_int);
sockopt_impl!(
    /// Receive groups that other sockets of the machine joined, too (on unless switched off).
    MulticastAllV4, Both, libc::IPPROTO_IP, libc::IP_MULTICAST_ALL, bool);
sockopt_impl!(
    /// Receive groups that other sockets of the machine joined, too (Linux 4.20).
    MulticastAllV6, Both, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_ALL, bool);
sockopt_impl!(
    /// Give what is sent to a group back to this machine.
    MulticastLoopV6, Both, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP, bool);
sockopt_impl!(
    /// Tell the hop limit of what is received.
    ReceiveHopLimit, SetOnly, libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT, bool);
sockopt_impl!(
    /// Use one interface alone, by its index (Linux 5.1).
    BindToIndex, SetOnly, libc::SOL_SOCKET, libc::SO_BINDTOIFINDEX, libc::c_int);
