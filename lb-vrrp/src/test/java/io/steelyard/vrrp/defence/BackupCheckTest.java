package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BackupCheckTest {
    private static final long ACTIVE = 0x02_00_00_00_00_0AL;
    private static final long OTHER = 0x02_00_00_00_00_0BL;
    private static final long VIRTUAL = 0x00_00_5E_00_01_33L;

    private final BackupCheck check = new BackupCheck(2, VIRTUAL);

    @Test
    void theActiveRouterMayAnswerWithItsOwnOrTheVirtualLink() {
        check.activeAnswered(ACTIVE);
        check.answered(0, ACTIVE);
        check.answered(0, ACTIVE);
        check.answered(1, VIRTUAL);
        assertThat(check.findings()).isEmpty();
    }

    @Test
    void anAddressThatNobodyHasIsFound() {
        check.activeAnswered(ACTIVE);
        check.answered(1, ACTIVE);
        assertThat(check.findings()).containsExactly(new BackupCheck.Finding.NobodyHasIt(0));
    }

    @Test
    void twoThatHaveOneAddressAreFound() {
        check.answered(0, OTHER);
        check.answered(0, ACTIVE);
        check.answered(1, ACTIVE);
        assertThat(check.findings()).containsExactly(new BackupCheck.Finding.SeveralHaveIt(0, List.of(ACTIVE, OTHER)));
    }

    @Test
    void aStrangerIsFoundWhereTheActiveRouterIsKnown() {
        check.answered(0, OTHER);
        check.answered(1, ACTIVE);
        assertThat(check.findings()).as("not known").isEmpty();
        check.activeAnswered(ACTIVE);
        assertThat(check.findings()).containsExactly(new BackupCheck.Finding.StrangerHasIt(0, OTHER, ACTIVE));
    }
}
