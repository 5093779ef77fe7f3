package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Objects;

/**
 * What clients get where the balancer itself answers with a status, instead of a page of ours (HAProxy {@code errorfile}, {@code errorloc}).
 *
 * @param status the one to answer with, 200 to 599
 * @param shown the status that clients see, 200 to 599
 * @param reason the phrase behind it; empty for the usual one
 * @param fields of the answer but for those of framing; a field whose value is empty is left out
 * @param body may be empty
 */
public record OwnAnswer(int status, int shown, String reason, List<FieldChange> fields, Template body) {
    public OwnAnswer {
        fields = List.copyOf(fields);
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(body, "body");
        if (status < 200 || status > 599 || shown < 200 || shown > 599) {
            throw new IllegalArgumentException(
                    "status is " + status + ", shown as " + shown + ", expected both from 200 to 599");
        }
    }
}
