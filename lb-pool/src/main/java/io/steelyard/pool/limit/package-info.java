/** Limits of connections by key, over all loops. Start at {@link io.steelyard.pool.limit.LimitZones}. */
package io.steelyard.pool.limit;
