// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.envoyproxy.pgv.validate.Validate;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The {@code validate.rules} of one message's fields, looked up in its options once. */
final class MessageRules {
    private static final ConcurrentMap<Descriptor, MessageRules> KNOWN = new ConcurrentHashMap<>();

    private final boolean disabled;
    private final boolean[] ruled;
    private final FieldRules[] fields;
    private final List<OneofDescriptor> requiredOneofs;

    private MessageRules(Descriptor type) {
        this.disabled =
                type.getOptions().getExtension(Validate.disabled)
                        || type.getOptions().getExtension(Validate.ignored);
        List<FieldDescriptor> all = type.getFields();
        this.ruled = new boolean[all.size()];
        this.fields = new FieldRules[all.size()];
        for (int i = 0; i < fields.length; i++) {
            var options = all.get(i).getOptions();
            ruled[i] = options.hasExtension(Validate.rules);
            fields[i] = options.getExtension(Validate.rules);
        }
        this.requiredOneofs =
                type.getRealOneofs().stream()
                        .filter(oneof -> oneof.getOptions().getExtension(Validate.required))
                        .toList();
    }

    static MessageRules of(Descriptor type) {
        MessageRules known = KNOWN.get(type);
        return known == null ? KNOWN.computeIfAbsent(type, MessageRules::new) : known;
    }

    boolean isDisabled() {
        return disabled;
    }

    /** Whether the field at this index of the descriptor has any rule. */
    boolean has(int index) {
        return ruled[index];
    }

    FieldRules of(int index) {
        return fields[index];
    }

    /** The oneofs of which one case must be set. */
    List<OneofDescriptor> requiredOneofs() {
        return requiredOneofs;
    }
}
