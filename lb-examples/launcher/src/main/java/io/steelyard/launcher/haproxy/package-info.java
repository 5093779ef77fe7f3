/** {@code lb haproxy …}: HAProxy's command line, sockets, signals and messages, with our balancer behind them. */
@NullMarked
package io.steelyard.launcher.haproxy;

import org.jspecify.annotations.NullMarked;
