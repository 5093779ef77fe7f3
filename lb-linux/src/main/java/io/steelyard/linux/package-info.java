/**
 * Linux system calls on file descriptors, for x86_64 and aarch64.
 *
 * <p>Start at {@link io.steelyard.linux.Linux} (the calls) and {@link io.steelyard.linux.DatagramBatch} (many
 * datagrams a call). {@link io.steelyard.linux.SocketAddressBuffer} is an address as the kernel has it.
 *
 * <p>Calls return their value, at least 0, or a negative error number: {@code -EAGAIN} where {@link io.steelyard.linux.Errno#EAGAIN} is
 * meant. {@link io.steelyard.linux.Errno} names them and turns them into exceptions. No call here allocates Java memory unless it says so.
 */
package io.steelyard.linux;
