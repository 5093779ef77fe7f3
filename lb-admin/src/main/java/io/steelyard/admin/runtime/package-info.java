/** Commands to a running balancer, in HAProxy's words: {@link io.steelyard.admin.runtime.RuntimeCommands}. */
package io.steelyard.admin.runtime;
