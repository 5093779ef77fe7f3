/** What relaying costs inside a loop, beside the bare system calls. */
@NullMarked
package io.steelyard.bench.relay;

import org.jspecify.annotations.NullMarked;
