/**
 * A pool at work. Start at {@link io.steelyard.pool.PoolRuntime}; an application that balances its own client calls starts at
 * {@link io.steelyard.pool.ClientBalancer}.
 */
package io.steelyard.pool;
