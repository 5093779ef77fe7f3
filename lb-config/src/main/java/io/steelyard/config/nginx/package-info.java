/**
 * Reads nginx.conf: the {@code stream} block into the model, the rest with a word on what becomes of it. Start at
 * {@link io.steelyard.config.nginx.NginxConfigurationReader}; what each directive means to us is in
 * {@code io.steelyard.config.nginx.DirectiveTable}.
 */
package io.steelyard.config.nginx;
