package io.steelyard.vrrp.election;

/**
 * Whether a script is up, by keepalived's counter of 0 to rise + fall - 1: a pass counts up and, once there were enough, jumps to the top; a
 * failure counts down and, once there were enough, falls to 0. Immutable.
 *
 * @param rise passes in a row that bring it up, at least 1
 * @param fall failures in a row that bring it down, at least 1
 * @param result the counter
 */
public record RiseFall(int rise, int fall, int result) {
    public RiseFall {
        if (rise < 1 || fall < 1 || result < 0 || result > rise + fall - 1) {
            throw new IllegalArgumentException(
                    "rise " + rise + ", fall " + fall + ", result " + result + " do not go together");
        }
    }

    /**
     * Before the first result.
     *
     * @param startsDown it must rise first; else one pass brings it up
     */
    public static RiseFall initial(int rise, int fall, boolean startsDown) {
        return new RiseFall(rise, fall, startsDown ? 0 : rise - 1);
    }

    public RiseFall passed() {
        return new RiseFall(rise, fall, result < rise - 1 ? result + 1 : rise + fall - 1);
    }

    public RiseFall failed() {
        return new RiseFall(rise, fall, result > rise ? result - 1 : 0);
    }

    public boolean isUp() {
        return result >= rise;
    }
}
