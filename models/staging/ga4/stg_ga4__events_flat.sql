{{ config(enabled='ga4' in var('sources')) }}

-- Events out of rows of parameters, in the shape of the export's own rows.

with

source as (

    {{ current_rows('ga4', 'events_flat') }}

),

gathered as (

    select
        event_date,
        event_timestamp,
        event_name,
        event_bundle_sequence_id,
        user_pseudo_id,
        user_id,
        cast(to_json(list({
            'key': param_key,
            'value': {
                'string_value': string_value, 'int_value': int_value,
                'float_value': float_value, 'double_value': double_value
            }
        } order by _load_seq, _row_number) filter (where param_key is not null)) as varchar) as event_params,
        cast(to_json({
            'manual_source': manual_source, 'manual_medium': manual_medium,
            'manual_campaign_name': manual_campaign_name, 'gclid': gclid
        }) as varchar) as collected_traffic_source,
        min(_file_name) as _file_name,
        min(_row_number) as _row_number
    from source
    group by all

)

select * from gathered
