/** What a balancer did so far, written for other programs: {@link io.steelyard.admin.statistics.StatisticsCsv}. */
package io.steelyard.admin.statistics;
