/** Finding the least busy of many servers quickly; shared by the schedulers. */
package io.steelyard.schedulers.load;
