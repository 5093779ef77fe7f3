/** Configuration files into one model: {@link io.steelyard.config.ConfigurationFiles} reads and joins them. */
package io.steelyard.config;
