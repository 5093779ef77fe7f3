/**
 * A pool at work. Start at {@link io.steelyard.pool.PoolRuntime}; an application that balances its own client calls starts at
 * {@code ClientBalancer}.
 */
package io.steelyard.pool;
