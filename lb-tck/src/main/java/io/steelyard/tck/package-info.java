/**
 * Contract suites: extend {@link io.steelyard.tck.SchedulerContract} or {@link io.steelyard.tck.HealthCheckContract} with one method that
 * gives your provider, and JUnit runs every check of the contract on it. {@link io.steelyard.tck.PoolFixture},
 * {@link io.steelyard.tck.SeededFlows} and {@link io.steelyard.tck.ManualClock} serve tests of your own.
 */
package io.steelyard.tck;
