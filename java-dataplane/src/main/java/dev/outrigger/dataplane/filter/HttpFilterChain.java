// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.filter.HttpFilter.DataStatus;
import dev.outrigger.dataplane.filter.HttpFilter.HeadersStatus;
import dev.outrigger.dataplane.filter.HttpFilter.TrailersStatus;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one exchange in front of the router: requests pass them in order, responses in
 * reverse. Made once for an {@code Exchange} object and used for one exchange after another.
 * Confined to the exchange's event loop.
 */
public final class HttpFilterChain {
    private final HttpFilters filters;
    private final FilterStream stream;
    private final ChainedFilter[] chain;
    private final Decode decode;
    private final Encode encode;
    private @Nullable RequestHead request;
    private @Nullable ResponseHead response;
    private boolean begun;

    HttpFilterChain(HttpFilters filters, FilterStream stream) {
        this.filters = filters;
        this.stream = stream;
        this.chain = new ChainedFilter[filters.entries().size()];
        for (int i = 0; i < chain.length; i++) {
            chain[i] = new ChainedFilter(this, stream, filters.entries().get(i), i);
        }
        this.decode = new Decode(chain.length);
        this.encode = new Encode(chain.length);
    }

    /** Whether this chain is of that configuration. */
    public boolean isOf(HttpFilters current) {
        return filters == current;
    }

    /**
     * Begins an exchange, once its route is known: which filters take part is decided now and does
     * not change with the route. Does nothing when it has begun.
     */
    public void begin() {
        if (begun) {
            return;
        }
        begun = true;
        PerFilterConfigs configs = stream.perFilterConfigs();
        for (int i = 0; i < chain.length; i++) {
            var entry = chain[i].entry();
            boolean off = configs.isDisabled(entry.name(), entry.disabled());
            decode.skip(i, off);
            encode.skip(chain.length - 1 - i, off);
        }
        decode.begin(stream.bufferLimit());
        encode.begin(stream.bufferLimit());
    }

    /** The request's head. */
    public void decodeHeaders(RequestHead head, boolean endStream) {
        request = head;
        decode.headers(endStream);
    }

    /**
     * Body data of the request.
     *
     * @param data the chain's from here on
     */
    public void decodeData(ByteBuf data, boolean endStream) {
        decode.data(data, endStream);
    }

    /** The request's trailers, valid until the exchange ends. */
    public void decodeTrailers(HeaderBlock trailers) {
        decode.trailers(trailers);
    }

    /** The request goes no further: it was answered here. */
    public void stopDecoding() {
        decode.end();
    }

    /** Whether a response has entered the chain. */
    public boolean isEncoding() {
        return response != null;
    }

    /** The final response's head. */
    public void encodeHeaders(ResponseHead head, boolean endStream) {
        response = head;
        encode.headers(endStream);
    }

    /**
     * Body data of the response.
     *
     * @param data the chain's from here on
     */
    public void encodeData(ByteBuf data, boolean endStream) {
        encode.data(data, endStream);
    }

    /** The response's trailers, valid until the exchange ends. */
    public void encodeTrailers(HeaderBlock trailers) {
        encode.trailers(trailers);
    }

    /** Drops a response that is on its way: another takes its place behind the chain. */
    public void stopEncoding() {
        encode.end();
    }

    /** The exchange is over. */
    public void end() {
        if (!begun) {
            return;
        }
        begun = false;
        decode.end();
        encode.end();
        request = null;
        response = null;
        for (ChainedFilter filter : chain) {
            filter.end();
        }
    }

    /** No exchange follows. */
    public void dispose() {
        end();
        for (ChainedFilter filter : chain) {
            filter.filter().dispose();
        }
    }

    void continueDecoding(int index) {
        decode.resume(index);
    }

    void continueEncoding(int index) {
        encode.resume(chain.length - 1 - index);
    }

    void injectEncodedData(int index, ByteBuf data, boolean endStream) {
        encode.inject(chain.length - 1 - index, data, endStream);
    }

    void setDecoderBufferLimit(long bytes) {
        decode.setLimit(bytes);
    }

    /** How much of the request may be held, in bytes. */
    public long decoderBufferLimit() {
        return decode.limit();
    }

    private RequestHead request() {
        if (request == null) {
            throw new IllegalStateException("no request in the chain");
        }
        return request;
    }

    private ResponseHead response() {
        if (response == null) {
            throw new IllegalStateException("no response in the chain");
        }
        return response;
    }

    private final class Decode extends Iteration {
        Decode(int length) {
            super(length);
        }

        @Override
        void tooLarge() {
            stream.requestTooLarge();
        }

        @Override
        void pressure(boolean on) {
            stream.readDisable(on);
        }

        @Override
        HeadersStatus callHeaders(int position, boolean endStream) {
            return chain[position].filter().decodeHeaders(request(), endStream);
        }

        @Override
        DataStatus callData(int position, ByteBuf data, boolean endStream) {
            return chain[position].filter().decodeData(data, endStream);
        }

        @Override
        TrailersStatus callTrailers(int position, HeaderBlock block) {
            return chain[position].filter().decodeTrailers(block);
        }

        @Override
        void leaveHeaders(boolean endStream) {
            stream.decodedHeaders(request(), endStream);
        }

        @Override
        void leaveData(ByteBuf data, boolean endStream) {
            stream.decodedData(data, endStream);
        }

        @Override
        void leaveTrailers(HeaderBlock block) {
            stream.decodedTrailers(block);
        }
    }

    private final class Encode extends Iteration {
        Encode(int length) {
            super(length);
        }

        private HttpFilter filter(int position) {
            return chain[chain.length - 1 - position].filter();
        }

        @Override
        void tooLarge() {
            stream.responseTooLarge();
        }

        @Override
        void pressure(boolean on) {
            stream.responseReadDisable(on);
        }

        @Override
        HeadersStatus callHeaders(int position, boolean endStream) {
            return filter(position).encodeHeaders(response(), endStream);
        }

        @Override
        DataStatus callData(int position, ByteBuf data, boolean endStream) {
            return filter(position).encodeData(data, endStream);
        }

        @Override
        TrailersStatus callTrailers(int position, HeaderBlock block) {
            return filter(position).encodeTrailers(block);
        }

        @Override
        void leaveHeaders(boolean endStream) {
            stream.encodedHeaders(response(), endStream);
        }

        @Override
        void leaveData(ByteBuf data, boolean endStream) {
            stream.encodedData(data, endStream);
        }

        @Override
        void leaveTrailers(HeaderBlock block) {
            stream.encodedTrailers(block);
        }
    }
}
