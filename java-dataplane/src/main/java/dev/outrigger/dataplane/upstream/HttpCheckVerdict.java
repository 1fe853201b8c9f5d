// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.config.HealthCheckConfig.StatusRange;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.WireText;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the answer to an HTTP health check says of its host (HC2, HC4). Main loop only. */
final class HttpCheckVerdict {
    /** What a host is told to be. */
    enum Verdict {
        PASSED,
        DEGRADED,
        FAILED,
        RETRIABLE
    }

    private static final byte[] HEALTHCHECKED_CLUSTER =
            Ascii.bytes("x-envoy-upstream-healthchecked-cluster");

    private final HealthChecker checker;
    private final Host host;
    private final Check.Http check;
    private final @Nullable NameMatcher serviceName;
    private final StringBuilder body = new StringBuilder();

    HttpCheckVerdict(HealthChecker checker, Host host, Check.Http check) {
        this.checker = checker;
        this.host = host;
        this.check = check;
        this.serviceName = check.serviceName().map(NameMatcher::new).orElse(null);
    }

    /** The first of: the check's, the endpoint's for checks, the endpoint's own, the cluster's. */
    String hostHeader() {
        if (!check.host().isEmpty()) {
            return check.host();
        }
        String forChecks = host.placement().endpoint().healthCheck().hostname();
        if (!forChecks.isEmpty()) {
            return forChecks;
        }
        return host.hostname().isEmpty() ? checker.cluster.name() : host.hostname();
    }

    /** An answer begins. */
    void begin() {
        body.setLength(0);
    }

    /**
     * Keeps what of a body is looked at.
     *
     * @param data given away
     */
    void keep(ByteBuf data) {
        try {
            long room = check.responseBufferSize() - body.length();
            if (!check.receive().isEmpty() && (check.responseBufferSize() == 0 || room > 0)) {
                int length =
                        check.responseBufferSize() == 0
                                ? data.readableBytes()
                                : (int) Math.min(room, data.readableBytes());
                body.append(data.toString(data.readerIndex(), length, ISO_8859_1));
            }
        } finally {
            data.release();
        }
    }

    /** The answer is whole. */
    Verdict of(ResponseHead head) {
        if (!check.receive().isEmpty() && !PayloadMatcher.matches(check.receive(), body)) {
            excludeIfTold(head);
            return Verdict.FAILED;
        }
        if (!isIn(check.expected(), head.status())) {
            excludeIfTold(head);
            return isIn(check.retriable(), head.status()) ? Verdict.RETRIABLE : Verdict.FAILED;
        }
        if (serviceName != null && checker.verifiesCluster()) {
            checker.shard.inc(checker.verifyCluster);
            int entry = head.headers().find(HEALTHCHECKED_CLUSTER, 0);
            if (!serviceName.matches(
                    entry < 0 ? "" : WireText.configured(head.headers().value(entry)))) {
                return Verdict.FAILED;
            }
        }
        return head.headers().has(KnownHeader.ENVOY_DEGRADED) ? Verdict.DEGRADED : Verdict.PASSED;
    }

    private void excludeIfTold(ResponseHead head) {
        if (head.headers().has(KnownHeader.ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL)) {
            host.set(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
        }
    }

    private static boolean isIn(List<StatusRange> ranges, int status) {
        for (StatusRange range : ranges) {
            if (range.contains(status)) {
                return true;
            }
        }
        return false;
    }
}
