/**
 * Packets below TCP and UDP: sockets for one IP protocol ({@link io.steelyard.linux.packet.RawSocket}) and for frames
 * ({@link io.steelyard.linux.packet.FrameSocket}), and the frames by which neighbours learn who has an address
 * ({@link io.steelyard.linux.packet.ArpFrame}, {@link io.steelyard.linux.packet.NeighborFrame}).
 *
 * <p>Sending and receiving allocates nothing. The frames are flyweights: they hold no data but say where in the caller's memory each field
 * lies. Addresses are given as they are in {@link io.steelyard.linux.SocketAddressBuffer}: IPv4 as an int or as the mapped 128 bits, IPv6 as
 * two longs, hardware addresses as the lower 48 bits of a long.
 */
package io.steelyard.linux.packet;
