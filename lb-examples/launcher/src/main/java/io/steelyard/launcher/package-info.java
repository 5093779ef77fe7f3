/** The program {@code lb}. Start at {@link io.steelyard.launcher.Lb}; each command is one class. */
@NullMarked
package io.steelyard.launcher;

import org.jspecify.annotations.NullMarked;
