/** What an operator asks a running program about its virtual routers. Start at {@link io.steelyard.launcher.vrrp.VrrpCommand}. */
package io.steelyard.launcher.vrrp;
