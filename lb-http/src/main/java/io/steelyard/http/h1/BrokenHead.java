package io.steelyard.http.h1;

/**
 * What came of a head that is none.
 *
 * @param octets from its beginning on, as far as they were read; the receiver's own
 * @param position where the line begins in which the fault was seen
 * @param reason which rule it broke, in plain words
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record BrokenHead(byte[] octets, int position, String reason) {}
