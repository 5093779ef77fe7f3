package io.steelyard.launcher;

import picocli.CommandLine.IVersionProvider;

/** What {@code lb --version} says. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        var version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "lb (Steelyard) " + (version == null ? "development" : version) + ", Java " + Runtime.version()
        };
    }
}
