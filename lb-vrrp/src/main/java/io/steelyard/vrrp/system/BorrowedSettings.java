package io.steelyard.vrrp.system;

import io.steelyard.linux.netlink.Sysctl;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's IPv4 settings that others own and virtual routers need otherwise: changes them, and puts them back when the last who needed them is
 * gone. One that somebody else has changed meanwhile is left to him. Used by the control thread.
 */
final class BorrowedSettings {
    private static final Logger LOG = LoggerFactory.getLogger(BorrowedSettings.class);

    private final Map<Setting, Loan> loans = new LinkedHashMap<>();

    /** @param interfaceName empty for the whole network namespace's */
    private record Setting(String interfaceName, String name) {
        int read() throws IOException {
            return interfaceName.isEmpty() ? Sysctl.ipv4(name) : Sysctl.ipv4(interfaceName, name);
        }

        void write(int value) throws IOException {
            if (interfaceName.isEmpty()) {
                Sysctl.setIpv4(name, value);
            } else {
                Sysctl.setIpv4(interfaceName, name, value);
            }
        }
    }

    private record Loan(int before, int wanted, int users) {}

    /** Changes a setting for one more user. @throws IOException where it cannot be; nothing has changed then */
    void take(String interfaceName, String name, int wanted) throws IOException {
        var setting = new Setting(interfaceName, name);
        var loan = loans.get(setting);
        if (loan == null) {
            loan = new Loan(setting.read(), wanted, 0);
        }
        setting.write(wanted);
        loans.put(setting, new Loan(loan.before(), wanted, loan.users() + 1));
    }

    /** A user less. One whose interface is gone is forgotten. */
    void giveBack(String interfaceName, String name) {
        var setting = new Setting(interfaceName, name);
        var loan = loans.get(setting);
        if (loan == null) {
            return;
        }
        if (loan.users() > 1) {
            loans.put(setting, new Loan(loan.before(), loan.wanted(), loan.users() - 1));
            return;
        }
        loans.remove(setting);
        try {
            if (setting.read() == loan.wanted()) {
                setting.write(loan.before());
            }
        } catch (IOException gone) {
            LOG.debug("{} of {} is not put back: {}", name, interfaceName, gone.getMessage());
        }
    }
}
