/**
 * The data-plane event loops: one thread each, with file descriptors, commands from other threads, and a timer wheel.
 *
 * <p>A {@link io.steelyard.core.loop.DataLoop} owns everything registered with it; only its thread touches it. Other threads hand it work by
 * {@link io.steelyard.core.loop.DataLoop#execute}.
 */
package io.steelyard.core.loop;
