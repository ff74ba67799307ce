# usb_environment: what a test of the real program in the USB bed (tests/usb) finds in its environment.
# A sanitizer's library comes before what is preloaded behind it. clang's stands inside the program.
set(preload libumockdev-preload.so.0)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND (BONBON_SANITIZE OR BONBON_TSAN))
    if(BONBON_TSAN)
        set(library libtsan.so)
    else()
        set(library libasan.so)
    endif()
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${library}
        OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(preload "${runtime} ${preload}")
endif()
set(usb_environment "BONBON=$<TARGET_FILE:bonbon>;BONBON_FW=$<TARGET_FILE:bonbon-fw>;USB_BED=$<TARGET_FILE:usb_bed>;USB_PROBE=$<TARGET_FILE:usb_probe>"
    "USB_PRELOAD=${preload};TZ=UTC;PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/end_to_end:${CMAKE_SOURCE_DIR}/tests/firmware")
