package io.steelyard.api;

/**
 * A name server that servers with one address each are looked up at ({@link io.steelyard.api.pool.NameSlot}), at one moment. All counts are since
 * it was asked first.
 *
 * @param section what the name servers are called together
 * @param address where it is asked, as {@code address:port}
 * @param sent questions
 * @param valid answers with what was asked for
 * @param empty answers without
 * @param unknown answers that there is no such name
 * @param silent questions without an answer in time
 * @param refused answers that say no
 * @param failed answers that tell of another failure, or cannot be read
 */
public record NameServerStatus(
        String section,
        String address,
        long sent,
        long valid,
        long empty,
        long unknown,
        long silent,
        long refused,
        long failed) {}
