/** Hash keys out of a flow, without allocation: start at {@link io.steelyard.pool.key.HashKey}. */
package io.steelyard.pool.key;
