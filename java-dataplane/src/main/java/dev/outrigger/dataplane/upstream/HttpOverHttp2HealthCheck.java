// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** An HTTP health check whose {@code codec_client_type} is HTTP2. */
final class HttpOverHttp2HealthCheck extends Http2HealthCheck {
    private final Check.Http check;
    private final HttpCheckVerdict verdict;
    private @Nullable ResponseHead answer;

    HttpOverHttp2HealthCheck(HealthChecker checker, Host host, Check.Http check) {
        super(checker, host);
        this.check = check;
        this.verdict = new HttpCheckVerdict(checker, host, check);
    }

    @Override
    String type() {
        return "HTTP";
    }

    @Override
    String request() {
        return HealthCheckRequest.head(check, verdict.hostHeader(), host);
    }

    @Override
    byte[] body() {
        return check.send().getBytes(ISO_8859_1);
    }

    @Override
    void begin() {
        verdict.begin();
        answer = null;
    }

    @Override
    public void onHead(ResponseHead head, boolean endStream) {
        answer = head;
        if (endStream) {
            complete();
        }
    }

    @Override
    public void onBody(ByteBuf data, boolean endStream) {
        verdict.keep(data);
        if (endStream) {
            complete();
        }
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        complete();
    }

    private void complete() {
        ResponseHead head = answer;
        if (head == null) {
            return;
        }
        HttpCheckVerdict.Verdict result = verdict.of(head);
        answered();
        judged(result, head.status());
    }
}
