package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Attacks by their names: each is counted, and the connection ended with ENHANCE_YOUR_CALM before it costs much. */
class FloodTest {
    private static void assertEnds(Flood flood, int most, IntFunction<Frame[]> attack) {
        var conversation = Conversation.open();
        int sent = 0;
        while (!conversation.session.hasFailed() && sent <= most) {
            conversation.receive(attack.apply(sent++));
        }
        assertThat(conversation.session.hasFailed()).isTrue();
        assertThat(conversation.floods).containsOnlyKeys(flood);
        assertThat(conversation.sent().getLast().code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
        assertThat(conversation.requests.values()).allMatch(request -> !request.hasBegun || request.isReset);
    }

    @Test
    void rapidReset() {
        assertEnds(Flood.RAPID_RESET, 201, i -> new Frame[] {Frame.get(2 * i + 1, "/"), Frame.reset(2 * i + 1, 8)});
    }

    @Test
    void rapidResetIsForgottenAfterAWhile() {
        var conversation = Conversation.open();
        for (int i = 0; i < 1_000; i++) {
            conversation.nowNs += 1_000_000_000L;
            conversation.receive(Frame.get(2 * i + 1, "/"), Frame.reset(2 * i + 1, 8));
        }
        assertThat(conversation.session.hasFailed()).isFalse();
    }

    @Test
    void madeYouResetByWindowUpdatesOfZero() {
        assertEnds(Flood.MADE_YOU_RESET, 51, i ->
                new Frame[] {Frame.get(2 * i + 1, "/"), Frame.windowUpdate(2 * i + 1, 0)});
    }

    @Test
    void madeYouResetByWindowsThatOverflow() {
        assertEnds(Flood.MADE_YOU_RESET, 51, i ->
                new Frame[] {Frame.get(2 * i + 1, "/"), Frame.windowUpdate(2 * i + 1, Integer.MAX_VALUE)});
    }

    @Test
    void madeYouResetByDataBehindTheEnd() {
        assertEnds(Flood.MADE_YOU_RESET, 51, i ->
                new Frame[] {Frame.get(2 * i + 1, "/"), Frame.data(2 * i + 1, true, "x")});
    }

    @Test
    void madeYouResetByPriorityOfAnotherLength() {
        assertEnds(Flood.MADE_YOU_RESET, 51, i ->
                new Frame[] {Frame.get(2 * i + 1, "/"), Frame.of(2, 0, 2 * i + 1, new byte[4])});
    }

    @Test
    void madeYouResetByMalformedRequests() {
        assertEnds(Flood.MADE_YOU_RESET, 51, i -> new Frame[] {Frame.headers(2 * i + 1, true, "X", "y")});
    }

    @Test
    void madeYouResetByMoreStreamsThanAllowed() {
        assertEnds(Flood.MADE_YOU_RESET, 151, i -> new Frame[] {Frame.get(2 * i + 1, "/")});
    }

    /** Data dribble (CVE-2019-9511): answers are drawn out of many streams an octet at a time. */
    @Test
    void windowsOfOneOctetAreAFlood() {
        var conversation = slowStreams(10);
        int updates = 0;
        while (!conversation.session.hasFailed() && updates < 10_000) {
            conversation.receive(Frame.windowUpdate(2 * (updates++ % 10) + 1, 1));
        }
        assertThat(conversation.session.hasFailed()).isTrue();
        assertThat(updates).isEqualTo(FloodGuard.MOST_IDLE_FRAMES + 1);
        assertThat(conversation.floods).containsOnlyKeys(Flood.IDLE_FRAMES);
        assertThat(conversation.sent().getLast().code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void windowsThatAreOfUseAreNone() {
        var conversation = slowStreams(10);
        for (int i = 0; i < 10_000; i++) {
            conversation.receive(Frame.windowUpdate(2 * (i % 10) + 1, 1_000), Frame.windowUpdate(0, 1_000));
        }
        assertThat(conversation.session.hasFailed()).isFalse();
    }

    /** Streams with answers that wait for windows. */
    private static Conversation slowStreams(int count) {
        var conversation = Conversation.open();
        conversation.receive(Frame.settings(4, 0));
        for (int i = 0; i < count; i++) {
            conversation.receive(Frame.get(2 * i + 1, "/"));
            conversation.answer(2 * i + 1, 200);
            conversation.request(2 * i + 1).send(2_000_000);
        }
        return conversation;
    }

    @Test
    void continuationFloodOfEmptyFrames() {
        assertEnds(Flood.CONTINUATION, 40, i ->
                new Frame[] {i == 0 ? Frame.get(1, "/").without(4) : Frame.of(9, 0, 1)});
    }

    @Test
    void continuationFloodOfLargeFrames() {
        assertEnds(Flood.CONTINUATION, 4, i ->
                new Frame[] {i == 0 ? Frame.get(1, "/").without(4) : Frame.of(9, 0, 1, new byte[16_384])});
    }

    @Test
    void hpackBomb() {
        var block = new ByteArrayOutputStream();
        block.write(0x40);
        block.writeBytes(new byte[] {1, 'a'});
        Frame.integer(block, 0, 7, 3_000);
        for (int i = 0; i < 3_000; i++) {
            block.write('b');
        }
        for (int i = 0; i < 13_000; i++) {
            block.write(0xbe);
        }
        assertEnds(Flood.HEADER_BOMB, 1, i -> new Frame[] {Frame.of(1, 5, 1, block.toByteArray())});
    }

    @Test
    void settingsFlood() {
        assertEnds(Flood.SETTINGS, 101, i -> new Frame[] {Frame.settings(4, i)});
    }

    @Test
    void pingFlood() {
        assertEnds(Flood.PING, 501, i -> new Frame[] {Frame.ping(0)});
    }

    @Test
    void emptyDataFlood() {
        assertEnds(Flood.EMPTY_DATA, 201, i -> new Frame[] {i == 0 ? Frame.post(1, "/") : Frame.data(1, false, "")});
    }

    @Test
    void paddedDataWithoutDataFlood() {
        assertEnds(Flood.EMPTY_DATA, 201, i ->
                new Frame[] {i == 0 ? Frame.post(1, "/") : Frame.of(0, 8, 1, (byte) 2, (byte) 0, (byte) 0)});
    }

    @Test
    void priorityFlood() {
        assertEnds(Flood.IDLE_FRAMES, 2_001, i -> new Frame[] {Frame.of(2, 0, 1, new byte[5])});
    }

    @Test
    void windowUpdateFlood() {
        assertEnds(Flood.IDLE_FRAMES, 2_001, i -> new Frame[] {Frame.windowUpdate(0, 1)});
    }

    @Test
    void framesOfUnknownTypesFlood() {
        assertEnds(Flood.IDLE_FRAMES, 2_001, i -> new Frame[] {Frame.of(200, 0, 0)});
    }
}
