// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.exchange.LocalReplyMapping.Mapped;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalRepliesTest {
    private final ResponseHead head = new ResponseHead();

    private List<String> complete(Mapped said, boolean grpc) {
        head.setStatus(503);
        var _ = LocalReplies.complete(head, said, grpc, false, -1);
        var names = new ArrayList<String>();
        for (int i = 0; i < head.headers().limit(); i++) {
            names.add(head.headers().name(i) + "=" + head.headers().value(i));
        }
        return names;
    }

    @Test
    void namesTheLengthBeforeTheType() {
        assertThat(complete(new Mapped("no", "", false), false))
                .containsExactly("content-length=2", "content-type=text/plain");
    }

    @Test
    void namesTheLengthBeforeATypeOfTheListeners() {
        assertThat(complete(new Mapped("{}", "application/json", true), false))
                .containsExactly("content-length=2", "content-type=application/json");
    }

    @Test
    void keepsATypeThatAFilterNamed() {
        head.headers().add(Ascii.bytes("content-type"), Ascii.bytes("text/mine"));

        assertThat(complete(new Mapped("no", "application/json", true), false))
                .containsExactly("content-type=text/mine", "content-length=2");
    }

    @Test
    void hasNeitherWithoutABody() {
        assertThat(complete(new Mapped("", "application/json", true), false)).isEmpty();
    }

    @Test
    void tellsGrpcByTrailersAlone() {
        assertThat(complete(new Mapped("a%b", "", false), true))
                .containsExactly(
                        "content-type=application/grpc", "grpc-status=14", "grpc-message=a%25b");
    }

    @Test
    void leavesOutTheLineEndOfJsonToGrpc() {
        assertThat(complete(new Mapped("{}\n", "", true), true)).contains("grpc-message={}");
    }

    @Test
    void escapesTheLineEndOfWhatIsNoJsonToGrpc() {
        assertThat(complete(new Mapped("{}~\n", "", false), true))
                .contains("grpc-message={}%7E%0A");
    }
}
