// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderEdits.Add;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order and the actions of header edits (D1 to D6). */
class HeaderEditorTest {
    private record Context(RequestHead request, StreamInfo info) implements FormatContext {
        @Override
        public @Nullable ResponseHead response() {
            return null;
        }
    }

    private static Add add(String name, String value, AppendAction action) {
        return new Add(name, value, action, false);
    }

    private static List<String> apply(RequestHead head, HeaderEdits... levels) {
        HeaderEditor.of(List.of(levels)).apply(head.headers(), new Context(head, new StreamInfo()));
        HeaderBlock headers = head.headers();
        var lines = new ArrayList<String>();
        for (int i = 0; i < headers.limit(); i++) {
            if (headers.isLive(i) && headers.name(i).startsWith("x-")) {
                lines.add(headers.name(i) + ": " + headers.value(i));
            }
        }
        return lines;
    }

    private static HeaderEdits level(Add... adds) {
        return new HeaderEdits(List.of(adds), List.of());
    }

    @Test
    void appendsAFurtherLine_D3() {
        var edits = level(add("x-a", "2", AppendAction.APPEND_IF_EXISTS_OR_ADD));

        assertThat(apply(Heads.get("/", "x-a: 1"), edits)).containsExactly("x-a: 1", "x-a: 2");
    }

    @Test
    void obeysEveryAction_D3() {
        var edits =
                level(
                        add("x-there", "new", AppendAction.ADD_IF_ABSENT),
                        add("x-absent", "new", AppendAction.ADD_IF_ABSENT),
                        add("x-over", "new", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
                        add("x-only", "new", AppendAction.OVERWRITE_IF_EXISTS));

        assertThat(apply(Heads.get("/", "x-there: old", "x-over: old"), edits))
                .containsExactlyInAnyOrder("x-there: old", "x-absent: new", "x-over: new");
    }

    @Test
    void removesBeforeItOverwritesAndOverwritesBeforeItAppends_D2() {
        var edits =
                new HeaderEdits(
                        List.of(
                                add("x-a", "appended", AppendAction.APPEND_IF_EXISTS_OR_ADD),
                                add("x-a", "over", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD)),
                        List.of("x-a"));

        assertThat(apply(Heads.get("/", "x-a: old"), edits))
                .containsExactly("x-a: over", "x-a: appended");
    }

    @Test
    void letsTheLastLevelWin_D1() {
        var first = level(add("x-a", "first", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
        var last = level(add("x-a", "last", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD));

        assertThat(apply(Heads.get("/"), first, last)).containsExactly("x-a: last");
    }

    @Test
    void addsNothingForAnEmptyValueUnlessKept_D4() {
        var edits =
                level(
                        add("x-a", "%REQ(X-NONE)%", AppendAction.APPEND_IF_EXISTS_OR_ADD),
                        new Add("x-b", "", AppendAction.APPEND_IF_EXISTS_OR_ADD, true));

        assertThat(apply(Heads.get("/"), edits)).containsExactly("x-b: ");
    }

    @Test
    void formatsWhatTheRequestWasBeforeTheLevel_D3_D6() {
        var edits =
                level(
                        add("x-in", "changed", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
                        add("x-out", "<%REQ(X-IN)%>100%%", AppendAction.APPEND_IF_EXISTS_OR_ADD));

        assertThat(apply(Heads.get("/", "x-in: old"), edits))
                .containsExactly("x-in: changed", "x-out: <old>100%");
    }
}
