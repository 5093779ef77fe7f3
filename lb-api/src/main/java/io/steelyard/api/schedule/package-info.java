/**
 * Scheduling: build, then only pick; pick, then report. A {@link io.steelyard.api.schedule.SchedulerProvider} makes a
 * {@link io.steelyard.api.schedule.Scheduler}, which builds a {@link io.steelyard.api.schedule.Picker} for each state of a pool. An
 * application that wants a server asks a {@link io.steelyard.api.schedule.Balancer} and reports on the
 * {@link io.steelyard.api.schedule.Lease} it gets.
 */
package io.steelyard.api.schedule;
