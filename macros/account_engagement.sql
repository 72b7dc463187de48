{% macro account_engagement_activity(type_id) -%}
    {#- The name of a visitor activity's type by its code; null for codes that are newer than this list. -#}
    ([
        'Click', 'View', 'Error', 'Success', 'Session', 'Sent', 'Search', 'New Opportunity', 'Opportunity Won',
        'Opportunity Lost', 'Open', 'Unsubscribe Page', 'Bounced', 'Spam Complaint', 'Email Preference Page',
        'Resubscribed', 'Click (Third Party)', 'Opportunity Reopened', 'Opportunity Linked', 'Visit',
        'Custom URL click', 'Olark Chat', 'Invited to Webinar', 'Attended Webinar', 'Registered for Webinar',
        'Social Post Click', 'Video View', 'Event Registered', 'Event Checked In', 'Video Conversion',
        'UserVoice Suggestion', 'UserVoice Comment', 'UserVoice Ticket', 'Video Watched'
    ])[{{ type_id }}]
{%- endmacro %}
