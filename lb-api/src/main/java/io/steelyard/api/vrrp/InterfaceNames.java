package io.steelyard.api.vrrp;

/** What Linux takes as the name of an interface. */
public final class InterfaceNames {
    private static final int MOST = 15;

    private InterfaceNames() {}

    /** @throws IllegalArgumentException where it takes it not, with the reason */
    public static void check(String name) {
        if (name.isEmpty()
                || name.length() > MOST
                || name.equals(".")
                || name.equals("..")
                || !name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '/' && c != ':')) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no interface name; expected 1 to 15 characters without '/', ':' and spaces");
        }
    }
}
