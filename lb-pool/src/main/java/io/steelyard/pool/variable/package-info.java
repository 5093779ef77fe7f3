/**
 * Works out texts with variables in them, for one connection at a time, by nginx's rules for {@code map}, {@code geo},
 * {@code split_clients} and {@code set}. Pure: it asks nobody but the {@link io.steelyard.api.text.VariableSource} it was given.
 *
 * <p>Start at {@link io.steelyard.pool.variable.VariableTable}. Hash keys that name the client alone have a way of their own that
 * allocates nothing: {@link io.steelyard.pool.key.HashKey}.
 */
package io.steelyard.pool.variable;
