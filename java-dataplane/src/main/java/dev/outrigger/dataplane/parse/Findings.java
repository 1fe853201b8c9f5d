// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Message;
import dev.outrigger.dataplane.parse.Rejection.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects what is wrong with one resource while it is read. Confined to one parse. */
final class Findings {
    private final ParseContext context;
    private final List<Rejection> rejections = new ArrayList<>();

    Findings(ParseContext context) {
        this.context = context;
    }

    ParseContext context() {
        return context;
    }

    /** A value that cannot be used; the path is relative to the resource. */
    void invalid(String path, Object value, String reason) {
        rejections.add(new Rejection(Kind.INVALID, path, String.valueOf(value), reason));
    }

    /** Something Envoy does and this proxy does not. */
    void unsupported(String path, Object value, String reason) {
        rejections.add(new Rejection(Kind.UNSUPPORTED, path, String.valueOf(value), reason));
    }

    /** A field or an extension neither knows. */
    void unknown(String path, Object value, String reason) {
        rejections.add(new Rejection(Kind.UNKNOWN, path, String.valueOf(value), reason));
    }

    void addAll(List<Rejection> more) {
        rejections.addAll(more);
    }

    /** Constraints and unsupported fields of a resource's own message. */
    void checkResource(Message message, SupportedFields table) {
        WireMessage wire = WireMessage.of(message);
        if (!context.constraintsHold()) {
            addAll(Constraints.check(wire, Kind.CONSTRAINT));
        }
        addAll(UnsupportedFields.find(wire, table, context.unknownFields()));
    }

    /** Constraints of a message unpacked from an {@code Any} inside the resource. */
    void checkUnpacked(Message message, String path) {
        Constraints.check(message, Kind.INVALID).forEach(r -> rejections.add(r.under(path)));
    }

    /** How much was found so far, for who wants to know whether there is more later. */
    int count() {
        return rejections.size();
    }

    boolean isEmpty() {
        return rejections.isEmpty();
    }

    /** Accepted with the result unless something was found. */
    <C> Parsed<C> result(Supplier<C> config) {
        if (isEmpty()) {
            C made = config.get();
            if (isEmpty()) {
                return new Parsed.Accepted<>(made);
            }
        }
        return rejected();
    }

    <C> Parsed<C> rejected() {
        return new Parsed.Rejected<>(
                rejections.stream().map(r -> r.under(context.path())).distinct().toList());
    }
}
