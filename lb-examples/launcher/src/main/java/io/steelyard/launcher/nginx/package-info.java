/** {@code lb nginx …}: nginx's command line, files, signals and messages, with our balancer behind them. */
@NullMarked
package io.steelyard.launcher.nginx;

import org.jspecify.annotations.NullMarked;
