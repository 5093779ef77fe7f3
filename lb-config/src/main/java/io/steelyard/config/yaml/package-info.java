/**
 * Our own file format: every key of the model, in YAML 1.2. {@link io.steelyard.config.yaml.YamlReader} reads it and
 * {@link io.steelyard.config.yaml.YamlWriter} writes it; both follow one table of keys, whose root is
 * {@link io.steelyard.config.yaml.ConfigurationSection}. To add a record of the model, write a {@link io.steelyard.config.yaml.Section} of
 * it and name that section in a key of its parent.
 */
package io.steelyard.config.yaml;
