package io.steelyard.vrrp.defence;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A backup's question who has the addresses: from time to time it asks for each of them, and for the address of the active router, and looks who
 * answers. One use for each time; used by one thread.
 */
public final class BackupCheck {
    private final List<Set<Long>> links = new ArrayList<>();
    private final Set<Long> activeLinks = new TreeSet<>();
    private final long virtualLink;

    /** What is found of one address. */
    public sealed interface Finding {
        /** Its place in the list. */
        int address();

        /** An active router is heard, and nobody has the address. */
        record NobodyHasIt(int address) implements Finding {}

        /** More than one has it. @param links their link-layer addresses, in the lower 48 bits */
        record SeveralHaveIt(int address, List<Long> links) implements Finding {
            public SeveralHaveIt {
                links = List.copyOf(links);
            }
        }

        /** Somebody has it who is not the active router. */
        record StrangerHasIt(int address, long link, long activeLink) implements Finding {}
    }

    /**
     * A check begins.
     *
     * @param addresses how many there are
     * @param virtualLink the virtual router's own link-layer address, which an active router may answer with
     */
    public BackupCheck(int addresses, long virtualLink) {
        this.virtualLink = virtualLink;
        for (int i = 0; i < addresses; i++) {
            links.add(new TreeSet<>());
        }
    }

    /** Somebody has an address of ours. */
    public void answered(int address, long link) {
        links.get(address).add(link);
    }

    /** Somebody has the address that the active router's adverts come from: that is the active router. */
    public void activeAnswered(long link) {
        activeLinks.add(link);
    }

    /** What was found, in order. Where the active router did not answer for itself, nobody is called a stranger. */
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        for (int i = 0; i < links.size(); i++) {
            var answers = links.get(i);
            if (answers.isEmpty()) {
                found.add(new Finding.NobodyHasIt(i));
            } else if (answers.size() > 1) {
                found.add(new Finding.SeveralHaveIt(i, List.copyOf(answers)));
            } else {
                long link = answers.iterator().next();
                if (link != virtualLink && activeLinks.size() == 1 && !activeLinks.contains(link)) {
                    found.add(new Finding.StrangerHasIt(
                            i, link, activeLinks.iterator().next()));
                }
            }
        }
        return found;
    }
}
