/**
 * Laboratories: whole networks on this machine, in network namespaces, in which something is made to fail. Start at
 * {@link io.steelyard.launcher.lab.LabCommand}.
 */
package io.steelyard.launcher.lab;
