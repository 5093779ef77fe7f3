/**
 * Schedulers that give a key its server and move few keys when servers come and go. They hash the flow's key; a flow without one is hashed
 * by its client address. Health moves no keys between servers that stay up: a server that cannot take a flow keeps its keys for later, and
 * the flow goes to the key's next choice.
 */
package io.steelyard.schedulers.consistent;
