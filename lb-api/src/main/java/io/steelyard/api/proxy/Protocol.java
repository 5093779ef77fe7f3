package io.steelyard.api.proxy;

/** The transport a virtual server speaks. */
public enum Protocol {
    TCP,
    UDP
}
