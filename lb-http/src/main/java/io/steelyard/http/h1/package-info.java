/**
 * HTTP/1 on the wire, without I/O: {@link io.steelyard.http.h1.RequestParser} and {@link io.steelyard.http.h1.ResponseParser} read heads
 * from bytes that arrive in any pieces, {@link io.steelyard.http.h1.BodyFraming} says where a body
 * ends, {@link io.steelyard.http.h1.ChunkDecoder} takes chunked ones apart, {@link io.steelyard.http.h1.HeadWriter} writes heads anew.
 */
package io.steelyard.http.h1;
