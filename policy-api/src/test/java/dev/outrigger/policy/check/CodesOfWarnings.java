// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/** Every code that a warning can have. */
public final class CodesOfWarnings {
    private CodesOfWarnings() {}

    public static List<String> all() {
        var codes = new ArrayList<String>();
        for (Field field : WarningCodes.class.getDeclaredFields()) {
            if (field.getType() == String.class) {
                try {
                    codes.add(String.valueOf(field.get(null)));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return List.copyOf(codes);
    }
}
