# bonbon_embed_sql(OUT NAME FILES…): a C file with the migrations of a room, built in as bytes
#   extern const char *const NAME[];      (each text ends with a NUL, the array with NULL)
# OUT is set to the path of the C file; list it among the room's SOURCES. The order of FILES is the order of the numbers.
set(BONBON_EMBED_SQL_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_sql_script.cmake)
function(bonbon_embed_sql out name)
    set(paths)
    foreach(file IN LISTS ARGN)
        list(APPEND paths ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    set(c ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
    string(REPLACE ";" "|" joined "${paths}")
    add_custom_command(OUTPUT ${c}
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUT=${c} "-DFILES=${joined}"
                -P ${BONBON_EMBED_SQL_SCRIPT}
        DEPENDS ${paths} ${BONBON_EMBED_SQL_SCRIPT}
        COMMENT "Embedding ${name}" VERBATIM)
    set(${out} ${c} PARENT_SCOPE)
endfunction()
