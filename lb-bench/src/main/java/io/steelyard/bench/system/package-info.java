/** Whole programs beside each other: {@link io.steelyard.bench.system.StreamComparison}. */
@NullMarked
package io.steelyard.bench.system;

import org.jspecify.annotations.NullMarked;
