/** Benchmarks of single decisions. Start at {@link io.steelyard.bench.Main}. */
@NullMarked
package io.steelyard.bench;

import org.jspecify.annotations.NullMarked;
