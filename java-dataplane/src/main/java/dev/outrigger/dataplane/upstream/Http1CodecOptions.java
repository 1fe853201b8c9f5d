// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.config.HeaderNameCase;
import dev.outrigger.dataplane.config.Http1UpstreamConfig;
import dev.outrigger.dataplane.message.EncoderOptions;
import dev.outrigger.dataplane.message.HeaderKeyFormat;
import dev.outrigger.dataplane.message.PreserveCase;
import dev.outrigger.dataplane.message.ResponseReader;

/** What a cluster's HTTP/1 connections do on the wire, compiled once per cluster. Immutable. */
record Http1CodecOptions(ResponseReader.Options reader, EncoderOptions encoder) {
    static final Http1CodecOptions DEFAULT =
            new Http1CodecOptions(ResponseReader.Options.DEFAULT, EncoderOptions.DEFAULT);

    static Http1CodecOptions of(UpstreamHttp http) {
        if (http.equals(UpstreamHttp.DEFAULT)) {
            return DEFAULT;
        }
        Http1UpstreamConfig config = http.http1();
        PreserveCase preserve = null;
        HeaderKeyFormat format = null;
        switch (config.headerNameCase()) {
            case HeaderNameCase.Lower() -> {}
            case HeaderNameCase.Proper() -> format = HeaderKeyFormat.ProperCase.INSTANCE;
            case HeaderNameCase.Preserve(boolean proper, boolean reason) ->
                    preserve = new PreserveCase(proper, reason);
        }
        return new Http1CodecOptions(
                new ResponseReader.Options(
                        http.maxResponseHeadersKb() * 1024,
                        http.maxHeadersCount(),
                        config.allowChunkedLength(),
                        preserve),
                new EncoderOptions(
                        format, config.sendFullyQualifiedUrl(), config.enableTrailers()));
    }
}
